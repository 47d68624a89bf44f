using System.Text.Json;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// The members of a request's JSON object that a gateway looks at, found by one pass over the text and without a copy of it. Only the
/// object's own members count. Of a name that comes twice the last one counts, as in the parsers of engines; a name may be written with escapes.
/// </summary>
public sealed class RequestFields
{
    /// <summary>A body that is nested deeper is refused.</summary>
    public const int MaxDepth = 512;

    /// <summary>A longer model name is refused, in bytes.</summary>
    public const int MaxModelBytes = 512;

    private RequestFields()
    {
    }

    /// <summary>Where the first member would be: the place after the opening brace.</summary>
    public int ObjectStart { get; private set; }

    /// <summary>Whether the object has no member at all.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>The model; empty when none is named.</summary>
    public string Model { get; private set; } = "";

    /// <summary>Whether a stream of events is asked for.</summary>
    public bool IsStream { get; private set; }

    /// <summary><c>stream</c>.</summary>
    public JsonMember Stream { get; private set; }

    /// <summary><c>stream_options</c>.</summary>
    public JsonMember StreamOptions { get; private set; }

    /// <summary><c>max_tokens</c>.</summary>
    public JsonMember MaxTokens { get; private set; }

    /// <summary><c>max_completion_tokens</c>.</summary>
    public JsonMember MaxCompletionTokens { get; private set; }

    /// <summary><c>min_tokens</c>.</summary>
    public JsonMember MinTokens { get; private set; }

    /// <summary><c>request_id</c>.</summary>
    public JsonMember RequestId { get; private set; }

    /// <summary><c>kv_transfer_params</c>.</summary>
    public JsonMember KvTransferParams { get; private set; }

    /// <summary>What the model is to read: <c>messages</c>, <c>prompt</c> or <c>input</c>.</summary>
    public JsonMember Prompt { get; private set; }

    /// <summary>Reads a body.</summary>
    /// <param name="body">The whole text.</param>
    /// <param name="fields">What it holds; null when it cannot be read.</param>
    /// <param name="problem">What is wrong with it, for the client; empty when nothing is.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, out RequestFields? fields, out string problem)
    {
        fields = new RequestFields();
        try
        {
            problem = fields.Read(body);
        }
        catch (JsonException exception)
        {
            problem = FormattableString.Invariant(
                $"the body is not valid JSON, or nested deeper than {MaxDepth}: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // JSON may hold half of a surrogate pair, which is no text.
            problem = "'model' is not valid Unicode";
        }

        fields = problem.Length == 0 ? fields : null;
        return fields is not null;
    }

    private string Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "the body is not a JSON object";
        }

        ObjectStart = (int)reader.BytesConsumed;
        string problem = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            IsEmpty = false;
            problem = ReadMember(ref reader) ?? problem;
        }

        // Once more: what comes after the object makes the text invalid.
        reader.Read();
        return problem;
    }

    private string? ReadMember(ref Utf8JsonReader reader)
    {
        int nameStart = (int)reader.TokenStartIndex;
        Field field = FieldOf(ref reader);
        reader.Read();
        int valueStart = (int)reader.TokenStartIndex;
        JsonTokenType type = reader.TokenType;
        if (field == Field.Model)
        {
            if (type == JsonTokenType.String && reader.ValueSpan.Length > MaxModelBytes)
            {
                return FormattableString.Invariant($"'model' is longer than {MaxModelBytes} bytes");
            }

            Model = type == JsonTokenType.String ? reader.GetString()! : "";
            reader.Skip();
            return null;
        }

        reader.Skip();
        Set(field, new JsonMember(nameStart, valueStart, (int)reader.BytesConsumed), type);
        return null;
    }

    private void Set(Field field, JsonMember member, JsonTokenType type)
    {
        switch (field)
        {
            case Field.Stream:
                Stream = member;
                IsStream = type == JsonTokenType.True;
                break;
            case Field.StreamOptions:
                StreamOptions = member;
                break;
            case Field.MaxTokens:
                MaxTokens = member;
                break;
            case Field.MaxCompletionTokens:
                MaxCompletionTokens = member;
                break;
            case Field.MinTokens:
                MinTokens = member;
                break;
            case Field.RequestId:
                RequestId = member;
                break;
            case Field.KvTransferParams:
                KvTransferParams = member;
                break;
            case Field.Prompt:
                Prompt = member;
                break;
            default:
                break;
        }
    }

    private static Field FieldOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("input"u8) ? Field.Prompt
        : reader.ValueTextEquals("model"u8) ? Field.Model
        : reader.ValueTextEquals("stream"u8) ? Field.Stream
        : reader.ValueTextEquals("stream_options"u8) ? Field.StreamOptions
        : reader.ValueTextEquals("max_tokens"u8) ? Field.MaxTokens
        : reader.ValueTextEquals("max_completion_tokens"u8) ? Field.MaxCompletionTokens
        : reader.ValueTextEquals("min_tokens"u8) ? Field.MinTokens
        : reader.ValueTextEquals("request_id"u8) ? Field.RequestId
        : reader.ValueTextEquals("kv_transfer_params"u8) ? Field.KvTransferParams
        : Field.Other;

    private enum Field : byte
    {
        Other,
        Model,
        Stream,
        StreamOptions,
        MaxTokens,
        MaxCompletionTokens,
        MinTokens,
        RequestId,
        KvTransferParams,
        Prompt,
    }
}
