using Llumnix.Server.Hosting;

return await SchedulerProgram.RunAsync(args, CancellationToken.None);
