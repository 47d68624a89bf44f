using System.Text.Json;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>
/// Reads SGLang's <c>/v1/loads</c> (<c>{"loads":[{"dp_rank":0,"num_running_reqs":1,...}]}</c>) and its older <c>/get_load</c>
/// (<c>[{"dp_rank":0,"num_reqs":1,...}]</c>). Unknown members are ignored.
/// </summary>
internal static class SglangLoads
{
    /// <summary>Adds what the answer says, one entry per rank.</summary>
    /// <returns>False, and nothing is added, when the bytes are neither shape, name a rank twice, or name no rank.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, List<RankSignals> signals)
    {
        int before = signals.Count;
        bool isRead;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            isRead = reader.TokenType switch
            {
                JsonTokenType.StartArray => ReadRanks(ref reader, signals, before),
                JsonTokenType.StartObject => ReadLoads(ref reader, signals, before),
                _ => false,
            };
            isRead = isRead && !reader.Read() && signals.Count > before;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            isRead = false;
        }

        if (!isRead)
        {
            signals.RemoveRange(before, signals.Count - before);
        }

        return isRead;
    }

    private static bool ReadLoads(ref Utf8JsonReader reader, List<RankSignals> signals, int before)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isLoads = reader.ValueTextEquals("loads"u8);
            reader.Read();
            if (!isLoads)
            {
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.StartArray || !ReadRanks(ref reader, signals, before))
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private static bool ReadRanks(ref Utf8JsonReader reader, List<RankSignals> signals, int before)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            RankSignals rank = ReadRank(ref reader, signals.Count - before);
            if (signals.Count - before == MetricsPage.MaxRanks || IsNamed(signals, before, rank.Rank))
            {
                return false;
            }

            signals.Add(rank);
        }

        return reader.TokenType == JsonTokenType.EndArray;
    }

    private static bool IsNamed(List<RankSignals> signals, int before, int rank)
    {
        for (int i = before; i < signals.Count; i++)
        {
            if (signals[i].Rank == rank)
            {
                return true;
            }
        }

        return false;
    }

    private static RankSignals ReadRank(ref Utf8JsonReader reader, int index)
    {
        long? rank = null, running = null, waiting = null, all = null, used = null, total = null;
        double? usage = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dp_rank"u8))
            {
                rank = Count(ref reader);
            }
            else if (reader.ValueTextEquals("num_running_reqs"u8))
            {
                running = Count(ref reader);
            }
            else if (reader.ValueTextEquals("num_waiting_reqs"u8))
            {
                waiting = Count(ref reader);
            }
            else if (reader.ValueTextEquals("num_reqs"u8))
            {
                all = Count(ref reader);
            }
            else if (reader.ValueTextEquals("num_used_tokens"u8))
            {
                used = Count(ref reader);
            }
            else if (reader.ValueTextEquals("max_total_num_tokens"u8))
            {
                total = Count(ref reader);
            }
            else if (reader.ValueTextEquals("token_usage"u8))
            {
                usage = Number(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // The older num_reqs counts waiting requests too, and its num_tokens their prompts, so that the latter is no use of KV.
        return new RankSignals
        {
            Rank = rank is { } known and <= int.MaxValue ? (int)known : index,
            Running = running ?? (all is { } requests && waiting is { } queue ? Math.Max(0, requests - queue) : null),
            Waiting = waiting,
            UsedKvTokens = used,
            TotalKvTokens = total > 0 ? total : null,
            KvUsage = usage is { } share ? Math.Min(share, 1) : null,
        };
    }

    private static long? Count(ref Utf8JsonReader reader) => Number(ref reader) is { } value and <= 1L << 53 ? (long)value : null;

    private static double? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetDouble(out double value) && double.IsFinite(value) && value >= 0 ? value : null;
        }

        reader.Skip();
        return null;
    }
}
