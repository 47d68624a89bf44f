namespace Llumnix.Adapters.Options;

/// <summary>Exit codes of all programs and commands. A command that needs to tell more has codes of its own from 3 on.</summary>
public static class ExitCodes
{
    /// <summary>Done, or stopped as asked.</summary>
    public const int Success = 0;

    /// <summary>Could not do what was asked.</summary>
    public const int Failure = 1;

    /// <summary>The command line, the environment or a file that they name cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>Interrupted by a signal before it was done; servers that are stopped so return <see cref="Success"/>.</summary>
    public const int Interrupted = 130;
}
