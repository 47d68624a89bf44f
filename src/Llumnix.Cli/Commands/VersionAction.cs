using System.CommandLine;
using System.CommandLine.Invocation;
using Llumnix.Adapters.Options;
using Llumnix.Server.Telemetry;

namespace Llumnix.Cli.Commands;

/// <summary>Prints the version as each of the servers prints it.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"llumnix {BuildVersion.Version}");
        return ExitCodes.Success;
    }
}
