using System.Net.Http.Json;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>A destination in another process, reached at its kvt port.</summary>
internal sealed class RemoteTarget(HttpClient http, EngineAddress destination, TimeSpan timeout, TimeProvider timeProvider) : IMigrationTarget
{
    private const string NoAnswer = "the destination does not answer";

    private const int MaxRefusalBytes = 64 << 10;

    private readonly string _path = destination.UriOf(KvtEndpoints.ReservationsPath).ToString();

    private readonly CancellationTokenSource _lost = new();
    private HttpResponseMessage? _response;
    private RemoteEvents? _events;
    private Task<string?> _firstEvent = Task.FromResult<string?>(null);
    private string _number = "";
    private bool _isHandedOver;

    public CancellationToken Lost => _lost.Token;

    public Task<string?> ReserveAsync(MigratingRequest request, CancellationToken cancellationToken) => AskAsync(
        async token =>
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, _path)
            {
                Content = JsonContent.Create(ReservationMessage.Of(request, destination.InstanceId), MigrationJson.Default.ReservationMessage),
            };
            _response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
            if (await RefusalAsync(_response, token) is { } refusal)
            {
                return refusal;
            }

            var lines = new StreamReader(await _response.Content.ReadAsStreamAsync(token));
            _number = await lines.ReadLineAsync(token) ?? "";
            if (_number.Length == 0)
            {
                return NoAnswer;
            }

            _events = new RemoteEvents(_response, lines);
            _firstEvent = ReadFirstEventAsync(_events);
            return null;
        },
        cancellationToken);

    public async Task<string?> HandOverAsync(EngineRunner source, MigrationSource migration, CancellationToken cancellationToken)
    {
        MigratingRequest request = source.RequestOf(migration);
        string? refusal = await AskAsync(token => TryHandOverAsync(request, token), cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var holder = new RemoteHolder(destination, request.Request, _events!, _firstEvent);
        if (!source.TryComplete(migration, holder))
        {
            // The request has ended at the source; dropping the connection ends it at the destination.
            return EngineRunner.Text(migration.State);
        }

        _isHandedOver = true;
        holder.Start();
        return null;
    }

    public ValueTask DisposeAsync()
    {
        if (_events is null)
        {
            _response?.Dispose();
        }
        else if (!_isHandedOver)
        {
            _events.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    // Events only come after the hand-over. Before it, the read ends only with the connection, and so with the reservation.
    private async Task<string?> ReadFirstEventAsync(RemoteEvents events)
    {
        string? line = await events.ReadAsync();
        if (line is null)
        {
            await _lost.CancelAsync();
        }

        return line;
    }

    private async Task<string?> TryHandOverAsync(MigratingRequest request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await http.PostAsJsonAsync(
            $"{_path}/{_number}",
            new HandOverMessage(request.EmittedTokens, request.ComputedTokens, request.NeedsLoad),
            MigrationJson.Default.HandOverMessage,
            cancellationToken);
        return await RefusalAsync(answer, cancellationToken);
    }

    private async Task<string?> AskAsync(Func<CancellationToken, Task<string?>> ask, CancellationToken cancellationToken)
    {
        using var timing = new CancellationTokenSource(timeout, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timing.Token, cancellationToken);
        try
        {
            return await ask(ending.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && timing.IsCancellationRequested))
        {
            return NoAnswer;
        }
    }

    private static async Task<string?> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return null;
        }

        await response.Content.LoadIntoBufferAsync(MaxRefusalBytes, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken) is { Length: > 0 } reason ? reason : $"the destination answers {(int)response.StatusCode}";
    }
}
