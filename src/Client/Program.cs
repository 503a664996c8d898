using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Output;

StandardStream.Install();
return await SweepCommand.RunAsync(args, Console.Out, Console.Error, embedded: null);
