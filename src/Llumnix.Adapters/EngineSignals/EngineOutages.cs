using Llumnix.Adapters.Outages;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>
/// Which failures to read an engine are logged. Connections that break and other failures are told apart: the line of an engine that is still starting does not silence
/// the one that says what to do about its answers. For one thread at a time.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class EngineOutages(TimeProvider time)
{
    private readonly OutageLog _connections = new(time);
    private readonly OutageLog _answers = new(time);

    /// <summary>Records a failure.</summary>
    /// <returns>Whether to log it.</returns>
    internal bool Fails(EngineReadFailure reason, string error) => (reason == EngineReadFailure.Connection ? _connections : _answers).Fails(error);

    /// <summary>Records an answer that was understood.</summary>
    /// <returns>Whether to log it.</returns>
    internal bool Answers() => _connections.Answers() | _answers.Answers();
}
