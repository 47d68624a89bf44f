namespace Llumnix.Gateway.Admission;

/// <summary>Where a request stands among others that wait.</summary>
/// <param name="Ticket">Counts requests in the order of their arrival.</param>
/// <param name="Priority">Its class; higher ones are asked for first.</param>
/// <param name="Model">Its model: requests for one model do not wait for those for another.</param>
internal sealed record QueuePosition(long Ticket, int Priority, string Model);
