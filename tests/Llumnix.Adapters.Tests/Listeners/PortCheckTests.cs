using System.Net;
using System.Net.Sockets;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Adapters.Tests.Listeners;

public sealed class PortCheckTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    public void FindProblem_PortInUse_NamesTheFlagAndThePort(string host)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.Equal(
            [FormattableString.Invariant($"--b: port {port} on {host} is in use; stop the program that has it (ss -ltnp 'sport = :{port}' names it), or give another port")],
            PortCheck.FindProblems([new ListeningPort("--a", 0, "--host", host), new ListeningPort("--b", port, "--host", host)]));
    }

    [Theory]
    [InlineData(9, 8)]
    [InlineData(0, 0)]
    public void FindProblem_AddressOfAnotherMachine_NamesTheFlagOfTheAddress(int port, int grpcPort) => Assert.Equal(
        ["--host: 192.0.2.1 is no address of this machine; give one that is, or 0.0.0.0 for all of them"],
        PortCheck.FindProblems([new ListeningPort("--port", port, "--host", "192.0.2.1"), new ListeningPort("--grpc-port", grpcPort, "--host", "192.0.2.1")]));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("0.0.0.0")]
    public void FindProblem_AnyPortOfThisMachine_IsNone(string host) => Assert.Empty(PortCheck.FindProblems([new ListeningPort("--port", 0, "--host", host)]));

    [Fact]
    public void FindProblem_FreePorts_IsNoneAndTheyStayFree()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        ListeningPort[] ports = [new("--port", port, "--host", "127.0.0.1")];
        Assert.Empty(PortCheck.FindProblems(ports));
        Assert.Empty(PortCheck.FindProblems(ports));
    }
}
