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
        message.Write("event: "u8);
        message.Write(System.Text.Encoding.ASCII.GetBytes(name));
        message.Write("\ndata: "u8);
        ReadableJson.Write(message, data, type);
        message.Write("\n\n"u8);
        return message.WrittenSpan.ToArray();
    }

    /// <summary>Several events as one message, which is one write for each client.</summary>
    internal static byte[] Join(IReadOnlyList<byte[]> messages)
    {
        if (messages.Count == 1)
        {
            return messages[0];
        }

        byte[] all = new byte[messages.Sum(static message => message.Length)];
        int length = 0;
        foreach (byte[] message in messages)
        {
            message.CopyTo(all, length);
            length += message.Length;
        }

        return all;
    }
}
