using System.Text.Json;
using Llumnix.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Routing;

/// <summary>A client's request as external endpoints get it.</summary>
/// <param name="Context">The request.</param>
/// <param name="Id">Its id.</param>
/// <param name="Body">The client's body.</param>
/// <param name="Fields">What is in it; null when it is not JSON.</param>
internal sealed record ExternalRequest(HttpContext Context, string Id, RequestBody Body, RequestFields? Fields)
{
    /// <summary>The model that the client names; empty for none.</summary>
    public string Model => Fields?.Model ?? "";

    /// <summary>The body, with another name of the model.</summary>
    /// <param name="model">The name; empty to leave the client's.</param>
    public ReadOnlyMemory<byte> BodyFor(string model)
    {
        if (model.Length == 0 || Fields is null)
        {
            return Body.Memory;
        }

        var patch = new BodyPatch(Body.Memory, Fields);
        patch.Put("model"u8, [(byte)'"', .. JsonEncodedText.Encode(model).EncodedUtf8Bytes, (byte)'"']);
        using var text = new MemoryStream(Body.Length + model.Length);
        foreach (ReadOnlyMemory<byte> piece in patch.Pieces())
        {
            text.Write(piece.Span);
        }

        return text.ToArray();
    }
}
