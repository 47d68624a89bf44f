using System.Text.Json;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>Reads the <c>scheduling_result</c> of a release: the fields that identify each instance.</summary>
internal static class SchedulingResultReader
{
    internal static void Read(ref Utf8JsonReader reader, ParsedRequest request)
    {
        request.SchedulingResult.Clear();
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            request.Error = "scheduling_result must be an array";
            return;
        }

        while (request.Error is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadInstance(ref reader, request);
        }
    }

    private static void ReadInstance(ref Utf8JsonReader reader, ParsedRequest request)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            request.Error = "scheduling_result must be an array of objects";
            return;
        }

        if (request.SchedulingResult.Count == BodyBounds.MaxResults)
        {
            request.Error = $"scheduling_result lists more than {BodyBounds.MaxResults} instances";
            return;
        }

        string host = "";
        int port = 0;
        string inferType = "";
        string id = "";
        long version = 0;
        int? rank = null;
        while (request.Error is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("endpoint"u8))
            {
                ReadEndpoint(ref reader, request, ref host, ref port);
            }
            else if (reader.ValueTextEquals("infer_type"u8))
            {
                inferType = SchedulingRequestFields.ReadText(ref reader, request, "scheduling_result.infer_type");
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                id = SchedulingRequestFields.ReadText(ref reader, request, "scheduling_result.id");
            }
            else if (reader.ValueTextEquals("dp_rank"u8))
            {
                rank = ReadRank(ref reader, request);
            }
            else if (reader.ValueTextEquals("version"u8))
            {
                version = ReadVersion(ref reader, request);
            }
            else
            {
                reader.TrySkip();
            }
        }

        request.SchedulingResult.Add(
            new ReleasedInstance(host, port, InferTypeNames.TryParse(inferType, out InferType role) ? role : null, id, version, rank));
    }

    private static int? ReadRank(ref Utf8JsonReader reader, ParsedRequest request)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int rank))
        {
            return rank;
        }

        request.Error = "scheduling_result.dp_rank must be a 32-bit integer";
        return null;
    }

    private static long ReadVersion(ref Utf8JsonReader reader, ParsedRequest request)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return 0;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long version))
        {
            return version;
        }

        request.Error = "scheduling_result.version must be a 64-bit integer";
        return 0;
    }

    private static void ReadEndpoint(ref Utf8JsonReader reader, ParsedRequest request, ref string host, ref int port)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            request.Error = "scheduling_result.endpoint must be an object";
            return;
        }

        while (request.Error is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("host"u8))
            {
                host = SchedulingRequestFields.ReadText(ref reader, request, "scheduling_result.endpoint.host");
            }
            else if (reader.ValueTextEquals("port"u8))
            {
                port = SchedulingRequestFields.ReadCount(ref reader, request, "scheduling_result.endpoint.port");
            }
            else
            {
                reader.TrySkip();
            }
        }
    }
}
