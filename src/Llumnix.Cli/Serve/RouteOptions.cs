using System.CommandLine;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Routing;

namespace Llumnix.Cli.Serve;

/// <summary>The options of routes to external endpoints.</summary>
internal sealed class RouteOptions
{
    private const int MaxFileBytes = 1 << 20;

    private readonly Option<string> _policy = new("--route-policy")
    {
        Description = "How the route of a request is chosen: weight or prefix. Empty: the fleet, and after it the routes with \"fallback\": true.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _routes = new("--route-config")
    {
        Description = "The routes, a JSON array. Other users of the machine can see it: keys belong into --route-config-file.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _file = new("--route-config-file") { Description = "File with the routes, in place of --route-config; read at the start." };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_policy);
        command.Add(_routes);
        command.Add(_file);
    }

    /// <summary>Takes their values over.</summary>
    /// <param name="parsed">The values.</param>
    /// <param name="options">Changed only when there is no problem.</param>
    /// <returns>What is wrong, by name; null when nothing is.</returns>
    internal string? Apply(ParseResult parsed, ref GatewayOptions options)
    {
        string json = parsed.GetValue(_routes) ?? "";
        string option = _routes.Name;
        if (parsed.GetValue(_file) is { Length: > 0 } file)
        {
            if (json.Length > 0)
            {
                return "--route-config and --route-config-file exclude each other";
            }

            option = _file.Name;
            try
            {
                if (new FileInfo(file).Length > MaxFileBytes)
                {
                    return FormattableString.Invariant($"{option}: the file is longer than {MaxFileBytes} bytes");
                }

                json = File.ReadAllText(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return $"{option}: {exception.Message}";
            }
        }

        if (RouteConfiguration.Read(parsed.GetValue(_policy) ?? "", json, out RouteTable? table) is { } problem)
        {
            return $"--route-policy, {option}: {problem}";
        }

        options = options with { Routes = table };
        return null;
    }
}
