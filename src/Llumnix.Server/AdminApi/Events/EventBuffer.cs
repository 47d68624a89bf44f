using System.Buffers;
using System.Text.Json.Serialization.Metadata;

namespace Llumnix.Server.AdminApi.Events;

/// <summary>Collects events for one message, which is one write for each client. Its buffers are used again and again. Not thread-safe.</summary>
internal sealed class EventBuffer
{
    private readonly ArrayBufferWriter<byte> _events = new();

    /// <summary>An event on its way: one that cannot be written whole is not added at all.</summary>
    private readonly ArrayBufferWriter<byte> _next = new();

    /// <summary>Adds an event.</summary>
    /// <returns>Its bytes.</returns>
    internal int Add<T>(string name, T data, JsonTypeInfo<T> type)
    {
        _next.ResetWrittenCount();
        EventMessage.Write(_next, name, data, type);
        Add(_next.WrittenSpan);
        return _next.WrittenCount;
    }

    /// <summary>Adds an event that is written already.</summary>
    internal void Add(ReadOnlySpan<byte> message) => _events.Write(message);

    /// <summary>Takes what has been added out of it; null where there is nothing.</summary>
    internal byte[]? Take()
    {
        byte[]? all = _events.WrittenCount == 0 ? null : _events.WrittenSpan.ToArray();
        _events.ResetWrittenCount();
        return all;
    }
}
