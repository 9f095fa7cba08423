# The image of Arete on Node: docker build -t arete .
# test/commands/container.test.ts runs these steps without a container engine.

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build:dashboard && npm run build:server
# Thumbnails need sharp, which comes as files for this platform.
RUN mkdir -p runtime/node_modules data && cd node_modules \
  && cp -R sharp @img detect-libc semver ../runtime/node_modules/ \
  && rm -rf ../runtime/node_modules/@img/*musl*

FROM node:24-slim
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 HOST=0.0.0.0 PORT=8090 DATA=/data
WORKDIR /arete
COPY --from=build /build/runtime ./
COPY --from=build /build/dist/server ./
COPY --from=build --chown=node:node /build/data /data
USER node
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "arete.mjs", "serve"]
