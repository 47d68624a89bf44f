using System.Text.Json;
using Llumnix.Adapters.Listeners;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;

namespace Llumnix.Gateway.Http;

/// <summary>
/// The models of all engines and of external routes, cached for a second. An engine that does not answer in time, or not in JSON, is left out. Concurrent callers share one
/// round of queries to the engines.
/// </summary>
/// <param name="directory">The engines.</param>
/// <param name="external">The models of external routes; a model of the same name in the fleet comes before.</param>
/// <param name="connections">The connections to the engines.</param>
/// <param name="access">What engines are shown to let the gateway in.</param>
/// <param name="denied">Is told what engines answer.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelCatalogue(
    EngineDirectory directory, IReadOnlyList<string> external, HttpMessageInvoker connections, EngineAccess access, DeniedEngines denied, TimeProvider time)
{
    private const int MaxAnswerBytes = 1 << 20;
    private const int EnginesAtOnce = 32;
    private const int NamedEngines = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly IReadOnlyList<ListedModel> _external = [.. external.Select(static name => new ListedModel(
        name, $$"""{"id":"{{JsonEncodedText.Encode(name, ReadableJson.Encoder)}}","object":"model","created":0,"owned_by":"external"}"""))];

    private readonly Lock _gate = new();
    private Task<ModelList>? _list;

    /// <summary>The models, at most a second old.</summary>
    public Task<ModelList> GetAsync()
    {
        lock (_gate)
        {
            bool isFresh = _list is { } last
                && (!last.IsCompleted || (last.IsCompletedSuccessfully && time.GetElapsedTime(last.Result.At) < Lifetime));
            return isFresh ? _list! : _list = Task.Run(AskAllAsync);
        }
    }

    /// <summary>The engines that are asked, for people: of many only the first ones by name.</summary>
    public string NameEngines()
    {
        IReadOnlyList<EngineTarget> engines = directory.Engines;
        string names = engines.Count == 0 ? "none is known" : string.Join(", ", engines.Take(NamedEngines).Select(static engine => engine.Endpoint));
        return engines.Count <= NamedEngines ? names : FormattableString.Invariant($"{names} and {engines.Count - NamedEngines} more");
    }

    private async Task<ModelList> AskAllAsync()
    {
        IReadOnlyList<EngineTarget> engines = directory.Engines;
        var answers = new EngineModels[engines.Count];
        await Parallel.ForAsync(
            0,
            engines.Count,
            new ParallelOptions { MaxDegreeOfParallelism = EnginesAtOnce },
            async (i, cancellation) => answers[i] = await AskAsync(engines[i], cancellation));
        return new ModelList(
            [.. answers.SelectMany(static answer => answer.Models).Concat(_external).DistinctBy(static model => model.Id)],
            answers.Count(static answer => answer.HasAnswered),
            time.GetTimestamp());
    }

    private async Task<EngineModels> AskAsync(EngineTarget engine, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        bool hasAnswered = false;
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, engine.ToUri("/v1/models"));
            access.AddTo(message);
            using HttpResponseMessage response = await connections.SendAsync(message, either.Token);
            denied.OnAnswered(engine, (int)response.StatusCode);
            hasAnswered = (int)response.StatusCode < 500;
            if (!response.IsSuccessStatusCode)
            {
                return new EngineModels(hasAnswered, []);
            }

            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            return new EngineModels(true, Read(await response.Content.ReadAsByteArrayAsync(either.Token)));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            return new EngineModels(hasAnswered, []);
        }
    }

    private static List<ListedModel> Read(byte[] answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        var models = new List<ListedModel>();
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("data", out JsonElement data)
            || data.ValueKind != JsonValueKind.Array)
        {
            return models;
        }

        foreach (JsonElement model in data.EnumerateArray())
        {
            if (model.ValueKind == JsonValueKind.Object && model.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String)
            {
                models.Add(new ListedModel(id.GetString()!, model.GetRawText()));
            }
        }

        return models;
    }

    private sealed record EngineModels(bool HasAnswered, List<ListedModel> Models);
}
