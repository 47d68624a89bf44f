using System.Text.Json;

namespace Llumnix.EngineEmulator.Http;

/// <summary>Reads the body of an OpenAI call. Errors are texts that name the field.</summary>
internal static class CompletionRequestReader
{
    private const int DefaultMaxTokens = 16;

    /// <param name="body">The body.</param>
    /// <param name="kind">The endpoint.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="defaultModel">The model when none is named.</param>
    /// <param name="blockSize">Tokens per content id.</param>
    /// <param name="error">The error; empty when there is none.</param>
    /// <returns>Null after an error.</returns>
    public static CompletionRequest? Read(JsonElement body, ApiKind kind, string id, string defaultModel, int blockSize, out string error)
    {
        try
        {
            return ReadObject(body, kind, id, defaultModel, blockSize, out error);
        }
        catch (InvalidOperationException)
        {
            // JSON may contain an unpaired surrogate, which is not valid text.
            error = "a text is not valid Unicode";
            return null;
        }
    }

    private static CompletionRequest? ReadObject(JsonElement body, ApiKind kind, string id, string defaultModel, int blockSize, out string error)
    {
        error = body.ValueKind == JsonValueKind.Object ? "" : "the body is not a JSON object";
        if (error.Length > 0)
        {
            return null;
        }

        int maxTokens = ReadCount(body, "max_completion_tokens", ref error) ?? ReadCount(body, "max_tokens", ref error) ?? DefaultMaxTokens;
        Prompt prompt = ReadPrompt(body, kind, blockSize, ref error);
        string model = Property(body, "model") is { ValueKind: JsonValueKind.String } name ? name.GetString()! : defaultModel;
        if (!TextLimits.IsWithin(model))
        {
            error = $"model is longer than {TextLimits.MaxBytes} bytes";
        }

        KvTransferParameters? kvTransfer = Property(body, "kv_transfer_params") is { ValueKind: JsonValueKind.Object } kv
            ? KvTransferParameters.Read(kv, ref error)
            : null;
        return error.Length > 0 ? null : new CompletionRequest
        {
            Kind = kind,
            Id = id,
            Model = model,
            Prompt = prompt,
            MaxTokens = maxTokens,
            Stream = Property(body, "stream") is { ValueKind: JsonValueKind.True },
            IncludeUsage = Property(body, "stream_options") is not { ValueKind: JsonValueKind.Object } options
                || Property(options, "include_usage") is not { ValueKind: JsonValueKind.False },
            KvTransfer = kvTransfer,
        };
    }

    private static JsonElement? Property(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static int? ReadCount(JsonElement body, string name, ref string error)
    {
        if (Property(body, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count > 0)
        {
            return count;
        }

        error = name + " is not a positive integer";
        return null;
    }

    private static Prompt ReadPrompt(JsonElement body, ApiKind kind, int blockSize, ref string error)
    {
        if (ReadCount(body, "prompt_num_tokens", ref error) is { } tokens)
        {
            return new Prompt(tokens, default);
        }

        var builder = new PromptBuilder(blockSize);
        string name = kind == ApiKind.Chat ? "messages" : "prompt";
        bool good = Property(body, name) is { } value && (kind == ApiKind.Chat ? TryAddMessages(builder, value) : TryAddPrompt(builder, value));
        Prompt prompt = builder.Build();
        if (error.Length == 0)
        {
            error = !good ? name + (kind == ApiKind.Chat ? " is not an array of messages" : " is neither a text nor an array of token ids")
                : prompt.Tokens == 0 ? name + " is empty"
                : "";
        }

        return prompt;
    }

    private static bool TryAddPrompt(PromptBuilder builder, JsonElement prompt) => prompt.ValueKind switch
    {
        JsonValueKind.String => TryAddText(builder, prompt),
        JsonValueKind.Array => TryAddTokens(builder, prompt),
        _ => false,
    };

    private static bool TryAddTokens(PromptBuilder builder, JsonElement tokens)
    {
        foreach (JsonElement token in tokens.EnumerateArray())
        {
            if (token.ValueKind != JsonValueKind.Number || !token.TryGetUInt32(out uint id))
            {
                return false;
            }

            builder.AddTokenId(id);
        }

        return true;
    }

    private static bool TryAddMessages(PromptBuilder builder, JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (JsonElement message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || !TryAddContent(builder, Property(message, "content")))
            {
                return false;
            }
        }

        return true;
    }

    // Content is a text, or a list of parts whose texts count; a tool call has none.
    private static bool TryAddContent(PromptBuilder builder, JsonElement? content) => content switch
    {
        null => true,
        { ValueKind: JsonValueKind.String } text => TryAddText(builder, text),
        { ValueKind: JsonValueKind.Array } parts => parts.EnumerateArray().All(
            part => part.ValueKind == JsonValueKind.Object
                && (Property(part, "text") is not { ValueKind: JsonValueKind.String } text || TryAddText(builder, text))),
        _ => false,
    };

    private static bool TryAddText(PromptBuilder builder, JsonElement text)
    {
        builder.AddWords(text.GetString());
        return true;
    }
}
