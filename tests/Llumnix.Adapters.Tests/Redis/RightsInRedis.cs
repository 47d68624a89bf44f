using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Redis;

/// <summary>Rights of a user of Redis, as the documents have them.</summary>
internal static class RightsInRedis
{
    /// <summary>The commands that the scheduler needs.</summary>
    public static IReadOnlyList<string> Commands { get; } = ["ping", "scan", "getrange", "strlen", "exists", "info"];

    /// <summary>The rights that docs/operations.md gives to a user who reads the keys of a pattern.</summary>
    public static string Documented(string pattern)
    {
        const string Begin = "ACL SETUSER llumnix-scheduler on >PASSWORD ";
        string line = File.ReadLines(Path.Combine(Root(), "docs", "operations.md"))
            .Single(line => line.StartsWith(Begin, StringComparison.Ordinal) && line.Contains(pattern, StringComparison.Ordinal));
        return line[Begin.Length..];
    }

    /// <summary>Makes a user, or gives it these rights in place of its others.</summary>
    public static Task GiveAsync(ConnectionMultiplexer connection, string user, string password, string rights)
    {
        string[] rules = ["SETUSER", user, "reset", "on", ">" + password, .. rights.Split(' ')];
        return connection.GetDatabase().ExecuteAsync("ACL", [.. rules.Cast<object>()]);
    }

    /// <summary>What ACL LOG says: names of denied commands are among it.</summary>
    public static async Task<IEnumerable<string>> DeniedAsync(ConnectionMultiplexer connection) =>
        ((RedisResult[])(await connection.GetDatabase().ExecuteAsync("ACL", "LOG"))!)
            .SelectMany(static entry => (RedisResult[])entry!)
            .Select(static part => part.ToString());

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Llumnix.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The repository's root is not above the tests.");
    }
}
