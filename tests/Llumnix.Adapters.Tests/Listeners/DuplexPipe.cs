using System.IO.Pipelines;

namespace Llumnix.Adapters.Tests.Listeners;

/// <summary>Both ends of a connection in memory.</summary>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    internal static Pair Create()
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        return new Pair(new DuplexPipe(toServer.Reader, toClient.Writer), new DuplexPipe(toClient.Reader, toServer.Writer));
    }

    internal sealed record Pair(IDuplexPipe Transport, IDuplexPipe Application);
}
