using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Llumnix.Adapters.Grpc;
using Llumnix.Adapters.Outages;
using Llumnix.Adapters.Tls;
using Llumnix.Protocol.Otlp;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Otlp;

/// <summary>
/// Sends the metrics of a process to a collector from time to time: its whole page, from the beginning, so that an export that is lost is made good by the next one. One export
/// at a time, nothing is kept for a collector that is away.
/// </summary>
public sealed partial class OtlpMetricsExporter : BackgroundService
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    private readonly OtlpCollector _collector;
    private readonly PeriodicTimer _timer;
    private readonly Func<Task<ReadOnlyMemory<byte>>> _page;
    private readonly IReadOnlyList<KeyValuePair<string, object>> _resource;
    private readonly string _service;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OutageLog _outages;
    private readonly DateTimeOffset _start;
    private readonly GrpcChannel? _channel;
    private readonly HttpMessageInvoker? _http;

    /// <summary>Makes the exporter; nothing is sent before it runs.</summary>
    /// <param name="collector">Where metrics are sent.</param>
    /// <param name="interval">Time between two exports.</param>
    /// <param name="service">Name of the service, unless the environment has another one.</param>
    /// <param name="page">Makes the page of metrics in Prometheus' text format, UTF-8.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when exports fail and when they succeed again.</param>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public OtlpMetricsExporter(
        OtlpCollector collector, TimeSpan interval, string service, Func<Task<ReadOnlyMemory<byte>>> page, TimeProvider time, ILogger<OtlpMetricsExporter> logger)
    {
        (_collector, _service, _page, _time, _logger) = (collector, service, page, time, logger);
        _timer = new PeriodicTimer(interval, time);
        _resource = OtlpResource.AttributesOf(service);
        _outages = new OutageLog(time);
        _start = time.GetUtcNow();
        TimeSpan connect = collector.Timeout < LongestConnect ? collector.Timeout : LongestConnect;
        if (!collector.IsOverHttp)
        {
            _channel = GrpcChannels.Open(collector.Endpoint, new GrpcChannelSettings { ConnectTimeout = connect, CaFile = collector.CaFile });
            return;
        }

        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = connect, UseCookies = false, ActivityHeadersPropagator = null };
        if (collector.CaFile.Length > 0)
        {
            handler.SslOptions.CertificateChainPolicy = CertificateAuthorities.Read(collector.CaFile);
        }

        _http = new HttpMessageInvoker(handler);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _timer.WaitForNextTickAsync(stoppingToken))
            {
                await ExportAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of a short run would not be seen otherwise.
            await ExportAsync();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _timer.Dispose();
        _channel?.Dispose();
        _http?.Dispose();
    }

    /// <summary>Sends the metrics once. Does not throw.</summary>
    internal async Task ExportAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(_collector.Timeout, _time);
            ReadOnlyMemory<byte> page = await _page().WaitAsync(limit.Token);
            ExportMetricsServiceRequest message = MetricsMessage.Of(PrometheusText.Read(page.Span), _resource, _service, _start, _time.GetUtcNow());
            string? problem = _channel is null ? await PostAsync(message, limit.Token) : await CallAsync(_channel, message, limit.Token);
            Note(problem);
        }
        catch (RpcException exception)
        {
            Note(exception.Status.StatusCode == StatusCode.Cancelled ? "no answer in time" : exception.Status.StatusCode.ToString());
        }
        catch (OperationCanceledException)
        {
            Note("no answer in time");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            Note(exception.Message);
        }
    }

    private async Task<string?> CallAsync(GrpcChannel channel, ExportMetricsServiceRequest message, CancellationToken cancellation)
    {
        var headers = new Metadata();
        foreach ((string name, string value) in _collector.ParsedHeaders)
        {
            // gRPC has names in lower case alone.
            headers.Add(name.ToLowerInvariant(), value);
        }

        ExportMetricsServiceResponse answer = await new MetricsService.MetricsServiceClient(channel).ExportAsync(message, headers, cancellationToken: cancellation);
        return answer.PartialSuccess is { RejectedDataPoints: > 0 } partial ? FormattableString.Invariant($"{partial.RejectedDataPoints} data points are refused") : null;
    }

    private async Task<string?> PostAsync(ExportMetricsServiceRequest message, CancellationToken cancellation)
    {
        using var post = new HttpRequestMessage(HttpMethod.Post, _collector.Endpoint) { Content = new ByteArrayContent(message.ToByteArray()) };
        post.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        foreach ((string name, string value) in _collector.ParsedHeaders)
        {
            post.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage answer = await _http!.SendAsync(post, cancellation);
        return answer.IsSuccessStatusCode ? null : FormattableString.Invariant($"status {(int)answer.StatusCode}");
    }

    private void Note(string? problem)
    {
        if (problem is null)
        {
            if (_outages.Answers())
            {
                LogSent(_collector.Name);
            }
        }
        else if (_outages.Fails(problem))
        {
            LogFailed(_collector.Name, problem);
        }
    }

    [LoggerMessage(LogLevel.Information, "Metrics are sent to {Collector}")]
    private partial void LogSent(string collector);

    [LoggerMessage(LogLevel.Warning, "Metrics cannot be sent to {Collector}: {Problem}")]
    private partial void LogFailed(string collector, string problem);
}
