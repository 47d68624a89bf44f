namespace Llumnix.Cli.Load;

/// <summary>The additional data that a stream should carry.</summary>
/// <param name="IncludeUsage">Whether it ends with the usage.</param>
/// <param name="ContinuousUsageStats">Whether engines with this extension send the usage with every chunk.</param>
internal sealed record StreamOptions(bool IncludeUsage, bool ContinuousUsageStats);
