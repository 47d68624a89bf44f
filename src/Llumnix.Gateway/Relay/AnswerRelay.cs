using System.Buffers;
using System.IO.Pipelines;
using Llumnix.Adapters.Listeners;
using Llumnix.Gateway.Requests;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Relay;

/// <summary>
/// Gives one answer to the client. A stream goes on as it arrives: read into the response's own memory, looked at there, flushed after each
/// read; only whole lines, since half a line means nothing to its reader. Any other answer is held until it is whole, so that a client is told
/// of an engine that breaks it off; sound, and answers longer than <see cref="HeldAnswer.MaxBytes"/>, go on as they arrive.
/// </summary>
/// <param name="context">The client's request.</param>
/// <param name="active">What ends it from outside.</param>
/// <param name="record">Takes note of times and numbers.</param>
/// <param name="idleTimeout">How long nothing may move.</param>
/// <param name="cutsUsage">Whether usage is taken out of a stream.</param>
/// <param name="memory">Bounds the memory of held answers, together with that of bodies.</param>
internal sealed class AnswerRelay(
    HttpContext context, ActiveRequest active, RequestRecord record, TimeSpan idleTimeout, bool cutsUsage, BodyMemory memory) : IDisposable
{
    private const int ReadBytes = 2048;

    /// <summary>Held bytes are sent in pieces of this size: each of them is progress.</summary>
    private const int PieceBytes = 64 * 1024;

    private readonly PipeWriter _output = context.Response.BodyWriter;
    private EventScanner? _scanner;
    private AnswerTail? _tail;
    private byte[] _rest = [];
    private int _restLength;

    /// <summary>Whether the client is being sent the answer: then nothing else can be said to it.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Whether the answer is a stream that can be ended by an event between others.</summary>
    public bool IsEventStream => _scanner is not null;

    /// <summary>Whether the client has been sent whole events so far.</summary>
    public bool IsBetweenEvents => _scanner?.IsBetweenEvents ?? false;

    /// <summary>Relays an answer to its end.</summary>
    /// <param name="answer">The engine's answer.</param>
    /// <param name="placed">Takes note of the progress; null when the engine has been given back.</param>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    public async Task<RelayResult> RunAsync(HttpResponseMessage answer, PlacedRequest? placed)
    {
        string? mediaType = answer.Content.Headers.ContentType?.MediaType;
        bool isEventStream = mediaType == "text/event-stream";
        _scanner = isEventStream ? new EventScanner(cutsUsage) : null;
        CancellationToken ending = active.Ending;
        CancellationToken reading = placed?.DecodeEnding ?? ending;
        active.Allow(idleTimeout);
        await using Stream input = await answer.Content.ReadAsStreamAsync(ending);
        if (IsHeld(mediaType, answer.Content.Headers.ContentLength) && await HoldAsync(answer, input, placed, reading) is { } result)
        {
            return result;
        }

        if (!isEventStream)
        {
            _tail ??= new AnswerTail();
        }

        while (true)
        {
            Memory<byte> free = _output.GetMemory(_restLength + ReadBytes);
            _rest.AsSpan(0, _restLength).CopyTo(free.Span);
            int read = await ReadAsync(input, free[_restLength..], reading);
            if (read < 0)
            {
                return IsStarted ? RelayResult.BrokenWithin : RelayResult.BrokenBefore;
            }

            if (read == 0)
            {
                break;
            }

            if (Take(free.Span, read, placed) is > 0 and int kept)
            {
                Start(answer);
                _output.Advance(kept);
                await _output.FlushAsync(ending);
            }
        }

        Start(answer);
        if (_restLength > 0)
        {
            _output.Write(_rest.AsSpan(0, _restLength));
            await _output.FlushAsync(ending);
        }

        NoteUsage(_scanner?.Usage ?? TokenUsage.FindLast(_tail is null ? default : _tail.Bytes), placed);
        return RelayResult.Complete;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tail?.Dispose();
        if (_rest.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_rest);
            _rest = [];
        }
    }

    /// <summary>Whether an answer means something only as a whole.</summary>
    private static bool IsHeld(string? mediaType, long? length) => length is null or <= HeldAnswer.MaxBytes
        && mediaType is not ("text/event-stream" or "application/x-ndjson")
        && mediaType?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) != true;

    /// <summary>Holds an answer until it is whole and sends it; when it is too long for that, sends the beginning.</summary>
    /// <returns>Null when the answer goes on.</returns>
    private async Task<RelayResult?> HoldAsync(HttpResponseMessage answer, Stream input, PlacedRequest? placed, CancellationToken reading)
    {
        using var held = new HeldAnswer(new BodyShare(memory));
        bool isWhole = false;
        while (!isWhole && held.TryMakeRoom())
        {
            int read = await ReadAsync(input, held.Free, reading);
            if (read < 0)
            {
                return RelayResult.BrokenBefore;
            }

            isWhole = read == 0;
            held.Advance(read);
            if (!isWhole)
            {
                record.OnFirstToken(active.Touch());
            }
        }

        if (isWhole)
        {
            NoteUsage(TokenUsage.FindLast(held.Bytes.Span), placed);
        }
        else
        {
            _tail = new AnswerTail();
            _tail.Append(held.Bytes.Span);
        }

        Start(answer);
        for (ReadOnlyMemory<byte> rest = held.Bytes; rest.Length > 0; rest = rest[Math.Min(PieceBytes, rest.Length)..])
        {
            await _output.WriteAsync(rest[..Math.Min(PieceBytes, rest.Length)], active.Ending);
            active.Touch();
        }

        return isWhole ? RelayResult.Complete : null;
    }

    /// <returns>How many bytes were read, 0 at the end; -1 when the answer broke off.</returns>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    private async ValueTask<int> ReadAsync(Stream input, Memory<byte> free, CancellationToken reading)
    {
        try
        {
            return await input.ReadAsync(free, reading);
        }
        catch (Exception exception) when (
            exception is IOException or HttpRequestException || (exception is OperationCanceledException && !active.Ending.IsCancellationRequested))
        {
            return -1;
        }
    }

    private void NoteUsage(TokenUsage? usage, PlacedRequest? placed)
    {
        record.Usage = usage;
        placed?.Complete(usage?.OutputTokens ?? 0);
    }

    private void Start(HttpResponseMessage answer)
    {
        if (IsStarted)
        {
            return;
        }

        IsStarted = true;
        context.Response.StatusCode = (int)answer.StatusCode;
        ForwardedHeaders.CopyToClient(answer, context.Response, isLengthKept: _scanner is null);
    }

    /// <returns>How many bytes at the front of the memory are for the client.</returns>
    private int Take(Span<byte> memory, int read, PlacedRequest? placed)
    {
        long now = active.Touch();
        if (_scanner is null)
        {
            _tail!.Append(memory[..read]);
            record.OnFirstToken(now);
            return read;
        }

        Span<byte> piece = memory[..(_restLength + read)];
        int kept = _scanner.Scan(piece, _restLength, out int rest);
        KeepRest(piece[rest..]);
        if (_scanner.Events > record.Events)
        {
            record.OnEvents(now, _scanner.Events);
        }

        if (_scanner.Events > 0)
        {
            placed?.Progress(_scanner.Tokens);
        }

        return kept;
    }

    private void KeepRest(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > _rest.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(rest.Length);
            if (_rest.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_rest);
            }

            _rest = larger;
        }

        rest.CopyTo(_rest);
        _restLength = rest.Length;
    }
}
