using System.Text.Json;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Adapters.KvStore;

/// <summary>
/// Parses the answer of <c>batch_query_keys</c>: <c>{"success":true,"data":{"k1":{"ok":true,"values":[{"transport_endpoint_":"host:port"}]}}}</c>. A
/// key that is missing or not ok has no holders; unknown fields are ignored.
/// </summary>
internal static class MooncakeAnswer
{
    private const int MaxEndpointBytes = 512;

    /// <returns>The holders of each key.</returns>
    /// <exception cref="KvMetadataException">The bytes are not such an answer, or it reports a failure.</exception>
    internal static IReadOnlyList<IReadOnlyList<string>> Read(ReadOnlySpan<byte> json, IReadOnlyList<string> keys, HostNames names)
    {
        var holders = new List<string>?[keys.Count];
        bool? isSuccess = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.TokenType == JsonTokenType.StartObject ? reader.Read() : reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    break;
                }

                isSuccess = ReadField(ref reader, keys, holders, names) ?? isSuccess;
            }

            if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
            {
                throw new KvMetadataException("the Mooncake master's answer is no JSON object");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new KvMetadataException("the Mooncake master's answer is malformed", e);
        }

        return isSuccess == true
            ? Array.ConvertAll(holders, static hosts => (IReadOnlyList<string>?)hosts ?? [])
            : throw new KvMetadataException("the Mooncake master says that the question failed");
    }

    private static bool? ReadField(ref Utf8JsonReader reader, IReadOnlyList<string> keys, List<string>?[] holders, HostNames names)
    {
        if (reader.ValueTextEquals("success"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.True;
        }

        bool isData = reader.ValueTextEquals("data"u8);
        reader.Read();
        if (isData && reader.TokenType == JsonTokenType.StartObject)
        {
            ReadKeys(ref reader, keys, holders, names);
        }
        else
        {
            reader.Skip();
        }

        return null;
    }

    private static void ReadKeys(ref Utf8JsonReader reader, IReadOnlyList<string> keys, List<string>?[] holders, HostNames names)
    {
        // The keys nearly always come in the order of the query.
        int expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int index = Find(ref reader, keys, expected);
            reader.Read();
            if (index < 0 || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            expected = index + 1;
            holders[index] = ReadHolders(ref reader, names);
        }
    }

    private static int Find(ref Utf8JsonReader reader, IReadOnlyList<string> keys, int expected)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            int index = (expected + i) % keys.Count;
            if (reader.ValueTextEquals(keys[index]))
            {
                return index;
            }
        }

        return -1;
    }

    private static List<string>? ReadHolders(ref Utf8JsonReader reader, HostNames names)
    {
        bool isOk = false;
        List<string>? hosts = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ok"u8))
            {
                reader.Read();
                isOk = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("values"u8) && reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadReplicas(ref reader, names, hosts ??= []);
            }
            else
            {
                reader.Skip();
            }
        }

        return isOk ? hosts : null;
    }

    private static void ReadReplicas(ref Utf8JsonReader reader, HostNames names, List<string> hosts)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isEndpoint = reader.ValueTextEquals("transport_endpoint_"u8);
                reader.Read();
                if (isEndpoint && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxEndpointBytes)
                {
                    Add(ref reader, names, hosts);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }

    private static void Add(ref Utf8JsonReader reader, HostNames names, List<string> hosts)
    {
        Span<char> text = stackalloc char[MaxEndpointBytes];
        string host = names.HostOf(text[..reader.CopyString(text)]);
        if (host.Length > 0 && !hosts.Contains(host))
        {
            hosts.Add(host);
        }
    }
}
