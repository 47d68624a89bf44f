namespace Llumnix.LoadGenerator.Gateways;

/// <summary>A server that is measured.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Port">Its port.</param>
/// <param name="ProcessId">Id of its process; 0 for not to be measured.</param>
internal sealed record Contestant(string Name, int Port, int ProcessId);
