namespace Llumnix.Adapters.Profiles;

/// <summary>Profiling tables, or the file of their classes, cannot be used. The message has a line for each problem, which names the file, the place and what is wrong.</summary>
/// <param name="problems">The problems, at least one.</param>
/// <param name="cause">What they come from.</param>
public sealed class ProfilingTableException(IReadOnlyList<string> problems, Exception? cause = null) : Exception(string.Join('\n', problems), cause)
{
    /// <summary>One problem.</summary>
    public ProfilingTableException(string problem, Exception? cause = null)
        : this([problem], cause)
    {
    }

    /// <summary>The lines of the message.</summary>
    public IReadOnlyList<string> Problems => problems;
}
