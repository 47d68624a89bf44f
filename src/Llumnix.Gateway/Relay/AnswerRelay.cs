using System.Buffers;
using System.IO.Pipelines;
using Llumnix.Gateway.Requests;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Relay;

/// <summary>
/// Gives one answer to the client as it arrives: read into the response's own memory, looked at there, flushed after each read. Of a stream
/// only whole lines go on, since half a line means nothing to its reader.
/// </summary>
/// <param name="context">The client's request.</param>
/// <param name="active">What ends it from outside.</param>
/// <param name="record">Takes note of times and numbers.</param>
/// <param name="idleTimeout">How long nothing may move.</param>
/// <param name="cutsUsage">Whether usage is taken out of a stream.</param>
internal sealed class AnswerRelay(HttpContext context, ActiveRequest active, RequestRecord record, TimeSpan idleTimeout, bool cutsUsage) : IDisposable
{
    private const int ReadBytes = 2048;
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
        bool isEventStream = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        _scanner = isEventStream ? new EventScanner(cutsUsage) : null;
        _tail = isEventStream ? null : new AnswerTail();
        CancellationToken ending = active.Ending;
        CancellationToken reading = placed?.DecodeEnding ?? ending;
        active.Allow(idleTimeout);
        await using Stream input = await answer.Content.ReadAsStreamAsync(ending);
        while (true)
        {
            Memory<byte> memory = _output.GetMemory(_restLength + ReadBytes);
            _rest.AsSpan(0, _restLength).CopyTo(memory.Span);
            int read;
            try
            {
                read = await input.ReadAsync(memory[_restLength..], reading);
            }
            catch (Exception exception) when (
                exception is IOException or HttpRequestException || (exception is OperationCanceledException && !ending.IsCancellationRequested))
            {
                return IsStarted ? RelayResult.BrokenWithin : RelayResult.BrokenBefore;
            }

            if (read == 0)
            {
                break;
            }

            if (Take(memory.Span, read, placed) is > 0 and int kept)
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

        record.Usage = _scanner?.Usage ?? TokenUsage.FindLast(_tail is null ? default : _tail.Bytes);
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
            placed?.Progress(_scanner.Events);
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
