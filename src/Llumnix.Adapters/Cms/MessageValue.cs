using Google.Protobuf;

namespace Llumnix.Adapters.Cms;

/// <summary>Parsing that metadata and status values share.</summary>
internal static class MessageValue
{
    /// <summary>Largest size of a value in bytes: room for some 20,000 request ids, where an engine has hundreds.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Parses the message of a value.</summary>
    /// <returns>Null and the message, or the reason why there is none.</returns>
    public static CmsSkipReason? Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        if (bytes.IsEmpty)
        {
            return CmsSkipReason.Empty;
        }

        try
        {
            message = parser.ParseFrom(bytes);
            return null;
        }
        catch (InvalidProtocolBufferException)
        {
            return CmsSkipReason.Malformed;
        }
    }

    /// <summary>Checks the instance id within a message: it may be absent, but must not differ from the id in the key.</summary>
    public static CmsSkipReason? CheckInstanceId(string inMessage, string byKey) =>
        inMessage.Length == 0 || inMessage == byKey ? null : CmsSkipReason.MismatchedInstanceId;
}
