using System.Text.Json;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>Reads an engine's answer of <c>/v1/models</c>: the models and LoRA adapters that it serves.</summary>
internal static class ModelNames
{
    private const int MaxModels = 1024;
    private const int MaxNameLength = 512;

    /// <summary>The names in order; null when the answer is no list of models, or longer than any real one.</summary>
    internal static IReadOnlyList<string>? Read(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("data", out JsonElement data)
                || data.ValueKind != JsonValueKind.Array
                || data.GetArrayLength() is 0 or > MaxModels)
            {
                return null;
            }

            var names = new SortedSet<string>(StringComparer.Ordinal);
            foreach (JsonElement model in data.EnumerateArray())
            {
                if (model.ValueKind == JsonValueKind.Object
                    && model.TryGetProperty("id", out JsonElement id)
                    && id.ValueKind == JsonValueKind.String
                    && id.GetString() is { Length: > 0 and <= MaxNameLength } name)
                {
                    names.Add(name);
                }
            }

            return names.Count == 0 ? null : [.. names];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is no valid UTF-16.
            return null;
        }
    }
}
