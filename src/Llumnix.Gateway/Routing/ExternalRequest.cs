using System.Text.Json;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Routing;

/// <summary>A client's request, as far as external endpoints have to do with it.</summary>
/// <param name="Client">The request.</param>
/// <param name="Id">Its id.</param>
/// <param name="Body">The client's body.</param>
/// <param name="Fields">What is in it; null when it is not JSON.</param>
/// <param name="Active">What ends it from outside.</param>
/// <param name="Record">Takes note of it.</param>
/// <param name="Answer">Answers the client.</param>
internal sealed record ExternalRequest(
    HttpRequest Client, string Id, RequestBody Body, RequestFields? Fields, ActiveRequest Active, RequestRecord Record, ClientAnswer Answer)
{
    /// <summary>The model that the client names; empty for none.</summary>
    public string Model => Fields?.Model ?? "";

    /// <summary>The body, with another name of the model. Nothing of the client's is copied.</summary>
    /// <param name="model">The name; empty to leave the client's.</param>
    public IReadOnlyList<ReadOnlyMemory<byte>> BodyFor(string model)
    {
        var patch = new BodyPatch(Body.Memory, Fields);
        if (model.Length > 0 && Fields is not null)
        {
            patch.Put("model"u8, [(byte)'"', .. JsonEncodedText.Encode(model).EncodedUtf8Bytes, (byte)'"']);
        }

        return patch.Pieces();
    }
}
