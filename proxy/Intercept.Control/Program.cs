using Intercept.Control;

return await ControlProgram.RunAsync(args, Console.Out, Console.Error);
