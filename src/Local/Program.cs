using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Output;
using AdaptCluster.Local;

StandardStream.Install();
return await SweepCommand.RunAsync(args, Console.Out, Console.Error, new EmbeddedMode());
