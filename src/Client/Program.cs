using AdaptCluster.Client.Commands;

return await SweepCommand.RunAsync(args, Console.Out, Console.Error);
