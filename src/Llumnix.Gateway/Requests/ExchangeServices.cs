using Llumnix.Adapters.Listeners;
using Llumnix.Gateway.Admission;
using Llumnix.Gateway.Disaggregation;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Mirroring;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Routing;
using Llumnix.Gateway.Telemetry;
using Llumnix.Gateway.Tokenization;

namespace Llumnix.Gateway.Requests;

/// <summary>What all requests share. Safe for concurrent use.</summary>
/// <param name="Options">The options.</param>
/// <param name="Placer">Says where requests go.</param>
/// <param name="Admission">Lets them wait while there is no room.</param>
/// <param name="BodyMemory">Bounds the memory of all bodies together.</param>
/// <param name="Engines">Sends them there.</param>
/// <param name="Resting">Engines to be left alone.</param>
/// <param name="Denied">Is told what engines answer.</param>
/// <param name="Models">The models that are served, for errors.</param>
/// <param name="Pd">How a fleet of prefill and decode engines serves them; null when engines do both.</param>
/// <param name="Lengths">Estimates prompt lengths.</param>
/// <param name="Tokenizer">Has engines count them; null when they are estimated.</param>
/// <param name="Active">The requests under way.</param>
/// <param name="Telemetry">Their metrics.</param>
/// <param name="Tracing">Traces them; null when that is off.</param>
/// <param name="Routes">Sends requests to external endpoints; null when there are none.</param>
/// <param name="Mirror">Sends copies of them to another endpoint; null when there is none.</param>
/// <param name="Time">The clock.</param>
internal sealed record ExchangeServices(
    GatewayOptions Options,
    IRequestPlacer Placer,
    AdmissionQueue Admission,
    BodyMemory BodyMemory,
    EngineClient Engines,
    RestingEngines Resting,
    DeniedEngines Denied,
    ModelCatalogue Models,
    PdMode? Pd,
    PromptLengthEstimator Lengths,
    EngineTokenizer? Tokenizer,
    ActiveRequests Active,
    GatewayTelemetry Telemetry,
    GatewayTracing? Tracing,
    ExternalRoutes? Routes,
    TrafficMirror? Mirror,
    TimeProvider Time);
