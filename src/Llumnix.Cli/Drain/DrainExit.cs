using Llumnix.Adapters.Options;

namespace Llumnix.Cli.Drain;

/// <summary>Exit codes of <c>llumnix drain</c>.</summary>
internal static class DrainExit
{
    /// <summary>Ordered, undone or told; with <c>--wait</c>, or <c>--status</c> and a name: safe to delete.</summary>
    internal const int Done = ExitCodes.Success;

    /// <summary>The scheduler did not answer, or refused.</summary>
    internal const int Failed = ExitCodes.Failure;

    /// <summary>The command line cannot be used.</summary>
    internal const int BadInput = ExitCodes.Usage;

    /// <summary>Not safe to delete: yet, or within the timeout.</summary>
    internal const int NotSafe = 3;

    /// <summary>There is no such instance or drain, or its instances have left the fleet.</summary>
    internal const int Unknown = 4;
}
