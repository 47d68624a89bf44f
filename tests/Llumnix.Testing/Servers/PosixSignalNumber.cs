namespace Llumnix.Testing.Servers;

/// <summary>Signals that suspend and resume a server, by their numbers on Linux.</summary>
internal enum PosixSignalNumber
{
    Continue = 18,
    Stop = 19,
}
