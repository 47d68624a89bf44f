namespace Llumnix.Testing.Servers;

/// <summary>Signals that suspend a server and let it go on, by their numbers on Linux.</summary>
internal enum PosixSignalNumber
{
    Continue = 18,
    Stop = 19,
}
