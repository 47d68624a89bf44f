using System.CommandLine;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Serve;

/// <summary>The options of traces.</summary>
internal sealed class TracingOptions
{
    private const string OverHttp = "http/protobuf";

    private readonly Option<string> _endpoint = new("--otlp-endpoint")
    {
        Description = "Collector that traces are sent to, http://host:4317. Without it none are made.",
    };

    private readonly Option<string> _protocol = new("--otlp-protocol")
    {
        Description = $"How the collector is spoken to: grpc or {OverHttp}.",
        DefaultValueFactory = static _ => "grpc",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        _endpoint.Validators.Add(static result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            {
                result.AddError("--otlp-endpoint must be a URL that begins with http:// or https://");
            }
        });
        _protocol.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is not ("grpc" or OverHttp))
            {
                result.AddError($"--otlp-protocol must be grpc or {OverHttp}");
            }
        });
        command.Add(_endpoint);
        command.Add(_protocol);
    }

    /// <summary>Takes their values over.</summary>
    internal GatewayOptions Apply(ParseResult parsed, GatewayOptions options) => options with
    {
        OtlpEndpoint = parsed.GetValue(_endpoint) is { } text ? new Uri(text) : null,
        IsOtlpOverHttp = parsed.GetValue(_protocol) == OverHttp,
    };
}
