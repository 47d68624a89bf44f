using System.Net;
using System.Net.Sockets;

namespace Llumnix.Adapters.Listeners;

/// <summary>
/// Finds the ports and addresses that cannot be listened on before a program starts anything: a server that fails to bind tells no flag, and by then tasks of the program run.
/// </summary>
public static class PortCheck
{
    /// <summary>Says of each port that cannot be listened on, in a line, its flag and what to do.</summary>
    /// <param name="ports">The ports; of a port 0 only the address can be wrong.</param>
    public static IReadOnlyList<string> FindProblems(IEnumerable<ListeningPort> ports) =>
        [.. ports.Select(FindProblem).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Tells of the ports that cannot be listened on, in the form of a program's other errors.</summary>
    /// <param name="ports">The ports.</param>
    /// <param name="errors">Receives a line for each.</param>
    /// <returns>Whether there are any, so that the program cannot start.</returns>
    public static async Task<bool> TellProblemsAsync(IEnumerable<ListeningPort> ports, TextWriter errors)
    {
        IReadOnlyList<string> problems = FindProblems(ports);
        await errors.WriteAsync(string.Concat(problems.Select(static problem => $"error: {problem}\n")));
        return problems.Count > 0;
    }

    private static string? FindProblem(ListeningPort port)
    {
        IPAddress[] addresses = IPAddress.TryParse(port.Host, out IPAddress? address) ? [address]
            : port.Host == "localhost" ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
            : [IPAddress.Any];
        foreach (IPAddress candidate in addresses)
        {
            try
            {
                using var socket = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(candidate, port.Port));
            }
            catch (SocketException exception) when (addresses.Length == 1 || exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return Describe(port, exception);
            }
            catch (SocketException)
            {
                // localhost without one of the two families is listened on by the other.
            }
        }

        return null;
    }

    private static string Describe(ListeningPort port, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => FormattableString.Invariant(
            $"{port.Flag}: port {port.Port} on {port.Host} is in use; stop the program that has it (ss -ltnp 'sport = :{port.Port}' names it), or give another port"),
        SocketError.AccessDenied => FormattableString.Invariant($"{port.Flag}: this user may not listen on port {port.Port}; give one above 1023"),
        SocketError.AddressNotAvailable => $"{port.HostFlag}: {port.Host} is no address of this machine; give one that is, or 0.0.0.0 for all of them",
        _ => FormattableString.Invariant($"{port.Flag}: cannot listen on port {port.Port} of {port.Host}: {exception.Message}"),
    };
}
