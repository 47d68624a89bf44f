using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Llumnix.Testing.Polling;

/// <summary>
/// Waits for an effect in another process or thread that signals nothing, by asking for it at short intervals. Ends with the test's cancellation
/// too. Where the effect arrives at a port of the test, <see cref="Instances.RecordingPort{TSelf}"/> awaits it without asking.
/// </summary>
public static class Eventually
{
    /// <summary>How long a condition may take where a test says nothing else; much more than any needs on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Completes once a condition holds.</summary>
    /// <param name="condition">Asked one time after the other, never two at once.</param>
    /// <param name="limit">How long it may take; <see cref="Limit"/> when null.</param>
    /// <param name="text">The condition's source text, for the error.</param>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public static Task TrueAsync(Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), limit, text);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan?, string)"/>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        TimeSpan most = limit ?? Limit;
        long start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > most)
            {
                throw new TimeoutException($"Not within {most}: {text}");
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
