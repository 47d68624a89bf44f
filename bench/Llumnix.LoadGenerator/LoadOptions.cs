namespace Llumnix.LoadGenerator;

/// <summary>One run of the load.</summary>
/// <param name="Host">Where the server listens.</param>
/// <param name="Port">Its port.</param>
/// <param name="Connections">Parallel connections, each with one request at a time.</param>
/// <param name="Duration">How long the measured part takes.</param>
/// <param name="WarmUp">How long requests are sent before that.</param>
/// <param name="RequestsPerSecond">Total rate, open loop; 0 for as fast as the connections go.</param>
/// <param name="TokenIds">Token ids in each request.</param>
/// <param name="Mode">The scheduling mode.</param>
/// <param name="ServerProcess">Id of the server's process, to read its CPU time; 0 for not.</param>
internal sealed record LoadOptions(
    string Host,
    int Port,
    int Connections,
    TimeSpan Duration,
    TimeSpan WarmUp,
    int RequestsPerSecond,
    int TokenIds,
    string Mode,
    int ServerProcess);
