namespace Llumnix.Adapters.Listeners;

/// <summary>A port that a program is to listen on, and the flags that say so.</summary>
/// <param name="Flag">The flag of the port, with dashes.</param>
/// <param name="Port">TCP port, 0 to 65535; 0 takes any free one.</param>
/// <param name="HostFlag">The flag of the address, with dashes.</param>
/// <param name="Host">The address, as <see cref="GuardedListener"/> takes it.</param>
public sealed record ListeningPort(string Flag, int Port, string HostFlag, string Host);
