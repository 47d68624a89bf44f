namespace Llumnix.Cli.Load;

/// <summary>What a stream is to tell beside its tokens.</summary>
/// <param name="IncludeUsage">Whether it ends with the usage.</param>
/// <param name="ContinuousUsageStats">Whether an engine that knows this extension tells the usage with every chunk.</param>
internal sealed record StreamOptions(bool IncludeUsage, bool ContinuousUsageStats);
