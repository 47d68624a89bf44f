namespace Llumnix.Scheduling.Draining;

/// <summary>
/// Tells one process of an instance from the next one with the same id. What a mode does not know has its default: full mode has no version, lite mode only
/// a version.
/// </summary>
/// <param name="UtcCreate">When the process was created, seconds since the Unix epoch; 0 when it is not reported.</param>
/// <param name="Host">Host of its API server, which counts where no time of creation is reported.</param>
/// <param name="Port">Port of its API server, likewise.</param>
/// <param name="Version">Its generation in discovery; a higher one is a restart.</param>
public readonly record struct EngineProcess(double UtcCreate, string Host, int Port, long Version)
{
    /// <summary>Whether a description that was read later is of the same process.</summary>
    internal bool IsStill(in EngineProcess later) => UtcCreate.Equals(later.UtcCreate)
        && (UtcCreate != 0 || (Host == later.Host && Port == later.Port))
        && later.Version <= Version;
}
