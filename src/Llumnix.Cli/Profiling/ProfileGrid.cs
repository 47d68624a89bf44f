namespace Llumnix.Cli.Profiling;

/// <summary>The cells to measure, and the thoroughness of measurements.</summary>
internal sealed record ProfileGrid
{
    /// <summary>Prompt lengths of the prefill table, in tokens.</summary>
    public IReadOnlyList<int> PromptTokens { get; init; } = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

    /// <summary>Batch sizes of the decode table.</summary>
    public IReadOnlyList<int> BatchSizes { get; init; } = [1, 2, 4, 8, 16, 32, 64, 128];

    /// <summary>Context lengths of the decode table, in tokens per request.</summary>
    public IReadOnlyList<int> TokensPerRequest { get; init; } = [128, 512, 1024, 2048, 4096, 8192];

    /// <summary>Measurements of each cell, of which the median counts; at least 1.</summary>
    public int Repeats { get; init; } = 5;

    /// <summary>Decode steps that a measurement spans, at least 2.</summary>
    public int DecodeSteps { get; init; } = 32;

    /// <summary>Prompt tokens that the engine computes per step at least, while a batch builds up; at least 1.</summary>
    public int TokensPerPrefillStep { get; init; } = 2048;

    /// <summary>Timeout of a measurement.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Number of tokens that the earliest requests of a batch emit while the prompts of the others are computed, plus a few for settling.
    /// </summary>
    public int StepsToFill(int batch, int promptTokens) =>
        (int)Math.Min(4096, ((long)batch * promptTokens / TokensPerPrefillStep) + batch + 4);
}
