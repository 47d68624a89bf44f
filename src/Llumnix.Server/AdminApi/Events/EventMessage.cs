using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Server.AdminApi.Events;

/// <summary>Server-sent events as bytes.</summary>
internal static class EventMessage
{
    /// <summary>A comment, which keeps a connection.</summary>
    internal static readonly byte[] KeepAlive = ":\n\n"u8.ToArray();

    /// <summary>An event with one line of JSON.</summary>
    internal static byte[] Make<T>(string name, T data, JsonTypeInfo<T> type)
    {
        var message = new ArrayBufferWriter<byte>();
        Write(message, name, data, type);
        return message.WrittenSpan.ToArray();
    }

    /// <summary>Writes an event with one line of JSON.</summary>
    internal static void Write<T>(IBufferWriter<byte> output, string name, T data, JsonTypeInfo<T> type)
    {
        output.Write("event: "u8);
        output.Write(System.Text.Encoding.ASCII.GetBytes(name));
        output.Write("\ndata: "u8);
        ReadableJson.Write(output, data, type);
        output.Write("\n\n"u8);
    }
}
