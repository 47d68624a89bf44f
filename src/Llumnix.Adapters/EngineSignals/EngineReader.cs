using System.Buffers;
using System.Net;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>Reads one engine: finds out what it is, and from then on asks for what tells its load. For one thread at a time.</summary>
internal sealed class EngineReader(HttpMessageInvoker http, EngineTarget target, int maxAnswerBytes)
{
    private const int PartBytes = 16 * 1024;
    private const int MaxModelsBytes = 1 << 20;
    private readonly Uri _metrics = new(target.Address, "/metrics");
    private readonly Uri _restricted = new(target.Address, "/metrics?" + MetricNames.VllmQuery);
    private readonly Uri _loads = new(target.Address, "/v1/loads?include=core,queues");
    private readonly Uri _oldLoads = new(target.Address, "/get_load");
    private readonly Uri _models = new(target.Address, "/v1/models");
    private readonly MetricsPage _page = new();
    private Uri? _source;

    /// <summary>What the engine was recognised as.</summary>
    public EngineFace Face { get; private set; }

    /// <summary>The signals of the last read.</summary>
    public List<RankSignals> Signals { get; } = [];

    /// <summary>Forgets what the engine is; another one may have taken its place.</summary>
    public void Forget() => (Face, _source) = (EngineFace.Unknown, null);

    /// <summary>Reads once.</summary>
    /// <exception cref="EngineReadException">The engine answers, but nothing that tells its load.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (_source is { } source && await TryReadAsync(source, cancellationToken) is null)
        {
            return;
        }

        // First contact, or an engine that gives less than it did: a server may ignore or misread the restriction to names.
        await RecogniseAsync(cancellationToken);
    }

    /// <summary>Reads which models the engine serves.</summary>
    /// <returns>Null when it does not tell.</returns>
    /// <exception cref="EngineReadException">It asks for another API key.</exception>
    public async Task<IReadOnlyList<string>?> ReadModelsAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await GetAsync(_models, cancellationToken);
        if (IsDenied(answer))
        {
            throw Denied(_models, answer);
        }

        if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentLength > MaxModelsBytes)
        {
            return null;
        }

        try
        {
            await answer.Content.LoadIntoBufferAsync(MaxModelsBytes, cancellationToken);
        }
        catch (HttpRequestException tooLong) when (tooLong.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return null;
        }

        return ModelNames.Read(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>Completes with the headers; the body is read by the caller.</summary>
    private Task<HttpResponseMessage> GetAsync(Uri uri, CancellationToken cancellationToken) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Get, uri), cancellationToken);

    private async Task RecogniseAsync(CancellationToken cancellationToken)
    {
        Forget();
        EngineReadException? metrics = await TryReadAsync(_metrics, cancellationToken);
        if (metrics is null && _page.Face == EngineFace.Vllm)
        {
            Face = EngineFace.Vllm;
            _source = await TryReadAsync(_restricted, cancellationToken) is null ? _restricted : _metrics;
            if (_source == _metrics && await TryReadAsync(_metrics, cancellationToken) is { } lost)
            {
                throw lost;
            }

            return;
        }

        // SGLang computes its loads on request, while its gauges may be seconds old.
        foreach (Uri source in new[] { _loads, _oldLoads })
        {
            if (await TryReadAsync(source, cancellationToken) is null)
            {
                (Face, _source) = (EngineFace.SglangLoads, source);
                return;
            }
        }

        if (metrics is null && await TryReadAsync(_metrics, cancellationToken) is null)
        {
            (Face, _source) = (EngineFace.SglangMetrics, _metrics);
            return;
        }

        throw metrics ?? new EngineReadException(EngineReadFailure.TellsNoLoad, "its metrics no longer tell the load");
    }

    /// <returns>Null when the load was read.</returns>
    private async Task<EngineReadException?> TryReadAsync(Uri source, CancellationToken cancellationToken)
    {
        Signals.Clear();
        using HttpResponseMessage answer = await GetAsync(source, cancellationToken);
        if (IsDenied(answer))
        {
            return Denied(source, answer);
        }

        if (answer.StatusCode != HttpStatusCode.OK)
        {
            string hint = source == _metrics && answer.StatusCode == HttpStatusCode.NotFound ? "; SGLang needs --enable-metrics" : "";
            return new EngineReadException(EngineReadFailure.Status, $"{source.AbsolutePath} answers with status {(int)answer.StatusCode}{hint}");
        }

        bool isPage = source.AbsolutePath == _metrics.AbsolutePath;
        if (!await TryReceiveAsync(answer.Content, isPage, cancellationToken))
        {
            return new EngineReadException(EngineReadFailure.TooLarge, $"the answer of {source.AbsolutePath} is larger than {maxAnswerBytes} bytes");
        }

        return Signals.Count > 0 && Signals.TrueForAll(static rank => rank.TellsLoad)
            ? null
            : new EngineReadException(
                EngineReadFailure.TellsNoLoad,
                $"{source.AbsolutePath} does not tell the running and waiting requests of vLLM or SGLang, for every rank");
    }

    private static bool IsDenied(HttpResponseMessage answer) => answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    private static EngineReadException Denied(Uri source, HttpResponseMessage answer) => new(
        EngineReadFailure.Denied,
        $"{source.AbsolutePath} answers with status {(int)answer.StatusCode}; the engine asks for {(answer.RequestMessage?.Headers.Authorization is null ? "an API key: give it by" : "another API key than that of")} --engine-api-key-file");

    private async Task<bool> TryReceiveAsync(HttpContent content, bool isPage, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            _page.Clear();
            int kept = 0;
            long total = 0;
            while (await stream.ReadAsync(buffer.AsMemory(kept), cancellationToken) is > 0 and int read)
            {
                total += read;
                if (total > maxAnswerBytes)
                {
                    return false;
                }

                if (isPage)
                {
                    _page.Append(buffer.AsSpan(0, read));
                    continue;
                }

                kept += read;
                if (kept == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(2 * kept);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            if (isPage)
            {
                _page.Complete();
                _page.AddTo(Signals, target.KvCapacityTokens);
            }
            else if (SglangLoads.TryRead(buffer.AsSpan(0, kept), Signals) && target.KvCapacityTokens is { } capacity)
            {
                for (int i = 0; i < Signals.Count; i++)
                {
                    Signals[i] = Signals[i] with { TotalKvTokens = capacity };
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
