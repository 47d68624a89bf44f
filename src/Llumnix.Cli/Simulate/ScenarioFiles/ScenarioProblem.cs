namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>One thing that is wrong with a scenario.</summary>
/// <param name="Path">The key, such as <c>fleet[0].count</c>; empty: the whole.</param>
/// <param name="Message">What is wrong and what would be right, on one line.</param>
internal sealed record ScenarioProblem(string Path, string Message)
{
    /// <summary>The line of the file where it shows; null: that of the key's value.</summary>
    public long? Line { get; init; }

    /// <summary>The other keys whose values it is about; one without an index, such as <c>fleet.count</c>, stands for that of every entry.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Of whom the message tells, such as a contestant, in front of it; empty: of nobody.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The key that an unknown one was probably meant to be; null: it is not known, or the key is right.</summary>
    public string? Meant { get; init; }

    /// <summary>The message with its subject.</summary>
    public string Text => Subject.Length == 0 ? Message : $"{Subject} {Message}";

    /// <summary>All keys whose values it is about.</summary>
    public IEnumerable<string> Keys => Others.Prepend(Path);

    /// <summary>Whether another problem may have left the value of a key unread.</summary>
    public bool IsAbout(string key) => Covers(Path, key) || (Meant is { } meant && Covers(meant, key));

    /// <summary>Key and message on one line.</summary>
    public override string ToString() => Path.Length == 0 ? Text : $"{Path}: {Text}";

    /// <summary>Whether a path is a key's, or that of a mapping or list that has the key.</summary>
    private static bool Covers(string path, string key)
    {
        if (path.Length == 0)
        {
            return true;
        }

        string[] outer = path.Split('.');
        string[] inner = key.Split('.');
        return outer.Length <= inner.Length && outer.Zip(inner).All(static pair => IsSame(pair.First, pair.Second));
    }

    /// <summary>Whether two names, each with an index or for every index, may be the same.</summary>
    private static bool IsSame(string first, string second) =>
        first == second || (NameOf(first) == NameOf(second) && (NameOf(first) == first || NameOf(second) == second));

    private static string NameOf(string segment) => segment.Split('[')[0];
}
