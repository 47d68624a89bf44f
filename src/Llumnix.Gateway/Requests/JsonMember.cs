namespace Llumnix.Gateway.Requests;

/// <summary>The position of a member in the text of a JSON object, in bytes. The default value means that the object has no such member.</summary>
/// <param name="NameStart">Index of the quote before its name.</param>
/// <param name="ValueStart">Index of the first byte of its value.</param>
/// <param name="ValueEnd">Index after the last byte of its value.</param>
public readonly record struct JsonMember(int NameStart, int ValueStart, int ValueEnd)
{
    /// <summary>Whether the object has the member.</summary>
    public bool IsPresent => ValueEnd > 0;

    /// <summary>The text of the value, a slice of the object's text; empty when there is no such member.</summary>
    public ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> text) => text[ValueStart..ValueEnd];
}
