using Google.Protobuf;

namespace Llumnix.Adapters.Cms;

/// <summary>What the values of both kinds of keys have in common.</summary>
internal static class MessageValue
{
    /// <summary>Largest size of a value in bytes: room for some 20,000 request ids, where an engine has hundreds.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Parses the message of a value.</summary>
    /// <returns>Null and a message, or why there is none.</returns>
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

    /// <summary>A message may leave its instance's id out, but not name another one than its key does.</summary>
    public static CmsSkipReason? CheckInstanceId(string inMessage, string byKey) =>
        inMessage.Length == 0 || inMessage == byKey ? null : CmsSkipReason.MismatchedInstanceId;
}
