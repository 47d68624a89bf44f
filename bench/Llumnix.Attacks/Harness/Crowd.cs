namespace Llumnix.Attacks.Harness;

/// <summary>Many connections of the attacker.</summary>
internal static class Crowd
{
    /// <summary>Has each of so many connections ask once, and counts the answers.</summary>
    /// <param name="scene">Where.</param>
    /// <param name="count">Number of connections.</param>
    /// <param name="atOnce">Most of them at a time.</param>
    /// <param name="partsOf">What a connection sends.</param>
    /// <param name="patience">How long each waits for its answer once it has sent everything.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static Task AskAsync(
        Scene scene,
        int count,
        int atOnce,
        Func<int, IReadOnlyList<ReadOnlyMemory<byte>>> partsOf,
        TimeSpan patience,
        CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation };
        return Parallel.ForAsync(0, count, options, async (index, token) =>
        {
            using var socket = new AttackSocket();
            scene.Answers.Add(
                await socket.TryConnectAsync(scene.Port, token) ? await socket.AskAsync(partsOf(index), patience, token) : "not connected");
        });
    }
}
