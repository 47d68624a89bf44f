using Llumnix.Adapters.Options;
using Llumnix.Cli.Gateway;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>What <c>llumnix gateway</c> would read.</summary>
internal static class GatewayInput
{
    public static OptionsParseResult<GatewayFlags> Parse(params string[] args) => ParseWith([], args);

    /// <param name="environment">The environment, and files by their paths where the name begins with a slash.</param>
    /// <param name="args">The flags.</param>
    public static OptionsParseResult<GatewayFlags> ParseWith(Dictionary<string, string> environment, params string[] args) => OptionsParser.Parse(
        GatewayOptionTable.Instance, args, environment, path => environment.GetValueOrDefault(path) ?? throw new FileNotFoundException());
}
