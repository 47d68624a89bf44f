using System.Text.Json;

namespace Llumnix.EngineEmulator.Http;

/// <summary>Reads the body of an OpenAI call. Errors are texts that name the field.</summary>
internal static class CompletionRequestReader
{
    private const int DefaultMaxTokens = 16;
    private const int MaxInputs = 2048;

    /// <param name="body">The body.</param>
    /// <param name="kind">The endpoint.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="defaultModel">The model when none is named.</param>
    /// <param name="blockSize">Tokens per content id.</param>
    /// <param name="error">The error; empty when there is none.</param>
    /// <returns>Null after an error.</returns>
    public static CompletionRequest? Read(
        JsonElement body, ApiKind kind, string id, string defaultModel, int blockSize, out string error)
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

    /// <summary>Reads the body of <c>/tokenize</c>: a prompt or messages.</summary>
    /// <returns>The token ids; empty after an error.</returns>
    public static ReadOnlyMemory<uint> ReadTokens(JsonElement body, out string error)
    {
        error = body.ValueKind == JsonValueKind.Object ? "" : "the body is not a JSON object";
        if (error.Length > 0)
        {
            return default;
        }

        try
        {
            ApiKind kind = Property(body, "messages") is null ? ApiKind.Completion : ApiKind.Chat;
            return ReadPrompt(body, kind, new PromptBuilder(int.MaxValue, givesTextIds: true), ref error).TokenIds;
        }
        catch (InvalidOperationException)
        {
            error = "a text is not valid Unicode";
            return default;
        }
    }

    /// <summary>Reads the input of <c>/v1/embeddings</c>: a text, an array of token ids, or an array of either.</summary>
    /// <returns>The inputs; empty after an error.</returns>
    public static IReadOnlyList<Prompt> ReadInputs(JsonElement body, out string error)
    {
        error = "input is neither a text nor an array of token ids, nor an array of up to 2048 of these";
        if (body.ValueKind != JsonValueKind.Object || Property(body, "input") is not { } input)
        {
            return [];
        }

        bool isList = input.ValueKind == JsonValueKind.Array && input.GetArrayLength() is > 0 and <= MaxInputs && input[0].ValueKind != JsonValueKind.Number;
        var prompts = new List<Prompt>();
        try
        {
            foreach (JsonElement item in isList ? input.EnumerateArray().ToArray() : [input])
            {
                var builder = new PromptBuilder(int.MaxValue, givesTextIds: true);
                if (!TryAddPrompt(builder, item) || builder.Build() is not { Tokens: > 0 } prompt)
                {
                    return [];
                }

                prompts.Add(prompt);
            }
        }
        catch (InvalidOperationException)
        {
            return [];
        }

        error = "";
        return prompts;
    }

    private static CompletionRequest? ReadObject(
        JsonElement body, ApiKind kind, string id, string defaultModel, int blockSize, out string error)
    {
        error = body.ValueKind == JsonValueKind.Object ? "" : "the body is not a JSON object";
        if (error.Length > 0)
        {
            return null;
        }

        int maxTokens = ReadCount(body, "max_completion_tokens", ref error) ?? ReadCount(body, "max_tokens", ref error) ?? DefaultMaxTokens;
        Prompt prompt = ReadCount(body, "prompt_num_tokens", ref error) is { } tokens
            ? new Prompt(tokens, default)
            : ReadPrompt(body, kind, new PromptBuilder(blockSize), ref error);
        if (ReadCount(body, "n", ref error) > 1)
        {
            error = "n above 1 is not emulated";
        }

        JsonElement? streamOptions = Property(body, "stream_options") is { ValueKind: JsonValueKind.Object } given ? given : null;
        bool includeUsage = streamOptions is { } usage && Property(usage, "include_usage") is { ValueKind: JsonValueKind.True };
        string toolName = kind == ApiKind.Chat ? ToolName(body) : "";
        if (!TextLimits.IsWithin(toolName))
        {
            error = $"the tool's name is longer than {TextLimits.MaxBytes} bytes";
        }

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
            IncludeUsage = includeUsage,
            ContinuousUsage = includeUsage && streamOptions is { } more && Property(more, "continuous_usage_stats") is { ValueKind: JsonValueKind.True },
            Shape = toolName.Length > 0 ? AnswerShape.ToolCall : IsJsonMode(body) ? AnswerShape.Json : AnswerShape.Text,
            ToolName = toolName,
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

    private static bool IsJsonMode(JsonElement body) =>
        Property(body, "response_format") is { ValueKind: JsonValueKind.Object } format && Text(format, "type") is "json_object" or "json_schema";

    // The named tool, or the first one. A conversation that ends with a tool's result gets a text.
    private static string ToolName(JsonElement body)
    {
        if (Property(body, "tools") is not { ValueKind: JsonValueKind.Array } tools || tools.GetArrayLength() == 0 || Text(body, "tool_choice") == "none"
            || (Property(body, "messages") is { ValueKind: JsonValueKind.Array } messages && messages.GetArrayLength() is > 0 and int count
                && Text(messages[count - 1], "role") == "tool"))
        {
            return "";
        }

        string chosen = Property(body, "tool_choice") is { ValueKind: JsonValueKind.Object } choice ? FunctionName(choice) : "";
        return chosen.Length > 0 ? chosen : FunctionName(tools[0]);
    }

    private static string FunctionName(JsonElement tool) =>
        tool.ValueKind == JsonValueKind.Object && Property(tool, "function") is { ValueKind: JsonValueKind.Object } function ? Text(function, "name") : "";

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && Property(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static Prompt ReadPrompt(JsonElement body, ApiKind kind, PromptBuilder builder, ref string error)
    {
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

    // Content is a text, or a list of parts whose texts and images count; a tool call has none.
    private static bool TryAddContent(PromptBuilder builder, JsonElement? content) => content switch
    {
        null => true,
        { ValueKind: JsonValueKind.String } text => TryAddText(builder, text),
        { ValueKind: JsonValueKind.Array } parts => parts.EnumerateArray().All(
            part => part.ValueKind == JsonValueKind.Object && TryAddPart(builder, part)),
        _ => false,
    };

    private static bool TryAddPart(PromptBuilder builder, JsonElement part)
    {
        if (Property(part, "image_url") is { ValueKind: JsonValueKind.Object } image)
        {
            builder.AddImage(Text(image, "url"));
        }

        return Property(part, "text") is not { ValueKind: JsonValueKind.String } text || TryAddText(builder, text);
    }

    private static bool TryAddText(PromptBuilder builder, JsonElement text)
    {
        builder.AddWords(text.GetString());
        return true;
    }
}
