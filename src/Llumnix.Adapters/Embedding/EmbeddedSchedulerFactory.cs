using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Embedding;

/// <summary>Makes schedulers with the same options and extensions, for a program that needs one per fleet. Thread-safe.</summary>
/// <param name="options">The options of all of them.</param>
/// <param name="extensions">Metrics and policies in addition to the built-in ones; complete before the first call.</param>
/// <param name="time">The clock.</param>
/// <param name="logging">Where their log goes.</param>
public sealed class EmbeddedSchedulerFactory(
    EmbeddedSchedulerOptions options, ExtensionSet<FullModeInstance> extensions, TimeProvider time, ILoggerFactory logging)
{
    /// <summary>Makes a scheduler, which the caller runs and disposes of.</summary>
    /// <exception cref="ArgumentException">An option cannot be used, such as a policy or a metric that is unknown; the message lists the known ones.</exception>
    public EmbeddedScheduler Make() => new(options, extensions, time, logging);

    /// <summary>Makes a scheduler without the engines of the options, for a fleet that <see cref="EmbeddedScheduler.SetEngines"/> tells.</summary>
    /// <exception cref="ArgumentException">An option cannot be used, such as a policy or a metric that is unknown; the message lists the known ones.</exception>
    public EmbeddedScheduler MakeWithoutEngines() => new(options with { Engines = [] }, extensions, time, logging);
}
