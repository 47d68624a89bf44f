namespace Llumnix.Scheduling.PrefixCache;

/// <summary>How prompts are looked up in the KV metadata service.</summary>
public sealed record PrefixLookupOptions
{
    /// <summary>Shortest prompt that is looked up, in tokens.</summary>
    public int MinTokens { get; init; } = 1024;

    /// <summary>How chunk keys are made.</summary>
    public ChunkKeySettings ChunkKeys { get; init; } = new();

    /// <summary>How often a question is asked before the service counts as down; one at least.</summary>
    public int RetryTimes { get; init; } = 5;

    /// <summary>Time between two tries.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a service that is down is left alone.</summary>
    public TimeSpan DownDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Budget of one lookup, all questions and tries together; above zero. What is known when it ends is used.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Most keys in one question, at least 1.</summary>
    public int BatchKeys { get; init; } = 64;

    /// <summary>Most questions of one lookup that are under way at once, at least 1.</summary>
    public int MaxQuestionsPerLookup { get; init; } = 8;

    /// <summary>Most questions of all lookups that are under way at once, at least 1.</summary>
    public int MaxQuestions { get; init; } = 64;

    /// <summary>
    /// How many questions of a lookup are to be under way after so many answers: one at first, since most prompts hit little, and one more with each
    /// answer that had hits throughout, which doubles them every round.
    /// </summary>
    public int QuestionsUnderWay(int answers) => Math.Min(answers + 1, MaxQuestionsPerLookup);
}
